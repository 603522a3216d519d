package trace

// Open is something on the way that is not known, or that is not played: what comes
// behind it may be otherwise.
type Open struct {
	// Place is where it is in the template.
	Place string
	// Reason says what it is, and Fix what to do to know.
	Reason, Fix string
	// Origin says that it may change where the request goes, not only the request.
	Origin bool
}
