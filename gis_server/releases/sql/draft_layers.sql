UPDATE draft.book SET layers = %(layers)s WHERE draft = %(draft)s
