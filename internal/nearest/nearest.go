// Package nearest finds the word that somebody may have meant.
package nearest

import "strings"

// maxWord bounds what is compared: nobody mistypes a name of this length.
const maxWord = 64

// Word returns the one of the words that differs least from word, "" when none is
// near: more than a third of its letters are wrong. Case does not count, and a word
// that begins or ends with all of the other is near.
func Word(word string, words []string) string {
	if word == "" || len(word) > maxWord {
		return ""
	}
	best, least := "", min(max(len(word)/3, 1)+1, len(word))
	for _, candidate := range words {
		if len(candidate) > maxWord {
			continue
		}
		a, b := strings.ToLower(word), strings.ToLower(candidate)
		d := distance(a, b)
		if len(a) > 2 && (strings.HasPrefix(b, a) || strings.HasSuffix(b, a)) {
			d = min(d, 1)
		}
		if d < least {
			best, least = candidate, d
		}
	}
	return best
}

// Hint returns ", did you mean …?" for [Word], "" when there is none.
func Hint(word string, words []string) string {
	if near := Word(word, words); near != "" {
		return `, did you mean "` + near + `"?`
	}
	return ""
}

// distance counts the letters to add, drop or change, or swap with their neighbour.
func distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range len(a) {
		row[0] = i + 1
		for j := range len(b) {
			change := last[j]
			if a[i] != b[j] {
				change++
			}
			row[j+1] = min(change, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
