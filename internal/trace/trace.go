package trace

import (
	"fmt"

	"github.com/websocket-distribution/websocket-distribution/internal/rules"
)

// Trace is the way of one handshake.
type Trace struct {
	Steps   []Step
	Notes   []Note
	Refusal *Refusal
	open    []Open
}

// Step is one layer of the way.
type Step struct {
	Layer rules.Layer
	// Subject is the resource or setting that acted.
	Subject string
	// Passed, Dropped and Changed name what the layer let through, took away or
	// altered.
	Passed, Dropped, Changed []string
	// Rules are the ones that applied.
	Rules []rules.Rule
}

// Note is an assumption, or something that was not played.
type Note struct {
	Rule rules.Rule
	Text string
}

// Step adds a step and returns it to be filled in, before the next is added.
func (t *Trace) Step(layer rules.Layer, subject string, applied ...rules.Rule) *Step {
	t.Steps = append(t.Steps, Step{Layer: layer, Subject: subject, Rules: applied})
	return t.Last()
}

// Last is the step that was added last.
func (t *Trace) Last() *Step { return &t.Steps[len(t.Steps)-1] }

// Note adds a note once.
func (t *Trace) Note(rule rules.Rule, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	for _, n := range t.Notes {
		if n.Text == text {
			return
		}
	}
	t.Notes = append(t.Notes, Note{rule, text})
}

// Add adds rules that applied.
func (s *Step) Add(applied ...rules.Rule) { s.Rules = append(s.Rules, applied...) }

// Pass adds what the layer let through.
func (s *Step) Pass(format string, args ...any) {
	s.Passed = append(s.Passed, fmt.Sprintf(format, args...))
}

// Change adds what the layer altered.
func (s *Step) Change(format string, args ...any) {
	s.Changed = append(s.Changed, fmt.Sprintf(format, args...))
}
