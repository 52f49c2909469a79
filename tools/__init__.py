"""Programs for those who develop the platform; nothing here is deployed."""
