"""From a release's text to public pledges: start, outline, mark, translate, review, publish."""
