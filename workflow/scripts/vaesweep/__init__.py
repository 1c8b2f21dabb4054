"""How well do the codes of an autoencoder interpolate, and which run should one show?

The rooms, in the order in which data flow; each is named after its file in workflow/rules:

data            images from a source to one file a split, and the pairs that are interpolated
training        a stack of models from images, exact and resumable
interpolation   paths between codes, decoded
scoring         how good a path is: formulas, judges, and what runs them
comparison      what all runs say together: tables, the choice, the findings
figures         pictures of paths and of scores
documents       the submission, the reports, the explorer

Beside them: `running`, how a sweep is run, which decides no result; and the ground stones `errors`,
`files`, `runs`, `statistics`, `templates` and `words`, which all use. A room imports from rooms
before it alone.
"""
