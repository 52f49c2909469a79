"""From a model to answers over HTTP."""
