package rules

// Rule is one thing that AWS does with a WebSocket handshake, or asks of a
// template. Each is declared once, in the package of its service; a refusal or a
// finding names it.
type Rule struct {
	// ID names the rule, such as "api.stage". It does not change.
	ID string

	// Statement says what AWS does.
	Statement string

	// Source is the AWS page, or for an inferred rule what it is inferred from.
	Source string

	// Documented says that the source states the rule; otherwise it is inferred.
	Documented bool

	// Layer is where the rule applies.
	Layer Layer

	// Status is what the viewer gets for a handshake that the rule refuses; 0 when
	// it refuses none, or when the status depends on the case.
	Status int

	// Severity is that of a finding; "" for a rule that only a handshake meets.
	Severity Severity

	// Fix says what to do.
	Fix string
}

// Layer is where a rule applies, in the order in which a handshake passes.
type Layer string

// The layers. LayerDeploy is before the way: CloudFormation
// refuses the template.
const (
	LayerViewer   Layer = "viewer"
	LayerBehavior Layer = "behavior"
	LayerFunction Layer = "function"
	LayerPolicy   Layer = "policy"
	LayerOrigin   Layer = "origin"
	LayerStage    Layer = "stage"
	LayerRoute    Layer = "route"
	LayerErrors   Layer = "errors"
	LayerDeploy   Layer = "deploy"
)

// Severity says what a finding costs.
type Severity string

// The severities.
const (
	// SeverityError is a deploy that fails, a handshake that AWS refuses, or a lock that
	// does not lock.
	SeverityError Severity = "error"
	// SeverityWarning is what works now and hurts later.
	SeverityWarning Severity = "warning"
)

// Set is the rules of one package, in the order of their declaration.
type Set []Rule

// Add declares a rule and returns it.
func (s *Set) Add(r Rule) Rule {
	*s = append(*s, r)
	return r
}
