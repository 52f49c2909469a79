"""Review of a cloud assembly: sheets, diagrams, findings of a diff, custom rules."""
