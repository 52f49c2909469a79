"""Pictures of how good a model is; nothing outside imports these modules before it draws."""
