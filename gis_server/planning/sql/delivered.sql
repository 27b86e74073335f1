-- Which of the rules' layers hold anything at all: “none here” and “nothing was ever delivered” are not the same.
SELECT ARRAY[{pieces}]::boolean[] AS delivered
