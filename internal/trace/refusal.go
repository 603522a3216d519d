package trace

import (
	"fmt"

	"github.com/websocket-distribution/websocket-distribution/internal/rules"
)

// Refusal says why a handshake did not get through.
type Refusal struct {
	Rule rules.Rule
	// Status is what the viewer gets; 0 when it cannot be decided.
	Status int
	// Layer is where the handshake ended.
	Layer rules.Layer
	// Place is the part of the template that decided; "" when it is none.
	Place string
	// Reason says what happened.
	Reason string
	// Fix says what to do.
	Fix string
	// OriginStatus is what the origin answered when a custom error response put
	// another status over it; 0 otherwise.
	OriginStatus int
}

// Refuse is a refusal with the status, the layer and the fix of its rule.
func Refuse(rule rules.Rule, place, format string, args ...any) *Refusal {
	return &Refusal{Rule: rule, Status: rule.Status, Layer: rule.Layer, Place: place, Reason: fmt.Sprintf(format, args...), Fix: rule.Fix}
}

// Fixed is the refusal with a fix for its own case.
func (r *Refusal) Fixed(format string, args ...any) *Refusal {
	r.Fix = fmt.Sprintf(format, args...)
	return r
}

// Unresolved is the rule of a handshake that meets a value that is known only
// after the deploy.
var Unresolved = rules.Rule{
	ID: "template.unresolved", Statement: "a value that is known only after the deploy is not guessed",
	Source: `CloudFormation User Guide, "Intrinsic function reference"`, Documented: true,
	Severity: rules.SeverityWarning, Fix: "give the value",
}

// Undecided is the refusal of a handshake that meets such a value at a layer.
func Undecided(layer rules.Layer, problem error) *Refusal {
	r := Refuse(Unresolved, "", "cannot decide: the template leaves a value open until the deploy: %s", FirstLine(problem.Error()))
	r.Layer = layer
	return r
}
