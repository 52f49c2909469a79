"""`python -m tools.review_rules`: writes docs/review-rules.md anew."""

from tools.review_rules.page import PAGE, text

if __name__ == "__main__":
    PAGE.write_text(text(), encoding="utf-8")
