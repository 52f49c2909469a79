// Excerpts of search results are fetched, which a browser refuses to a page that was opened from a folder.
if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
