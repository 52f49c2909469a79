"""The sentences, by what one has to do to see whether they hold."""
