"""The rules of this project over the templates of one environment."""
