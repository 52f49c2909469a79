"""The machines that train one model: how they come together, agree, and learn who is gone."""
