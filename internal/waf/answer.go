package waf

// Answer is three-valued: whether a statement matches, where it can be known.
type answer int

const (
	no answer = iota
	unknown
	yes
)

func either(a, b answer) answer { return max(a, b) }
func both(a, b answer) answer   { return min(a, b) }
func not(a answer) answer       { return yes - a }

func answerOf(b bool) answer {
	if b {
		return yes
	}
	return no
}
