package template

import (
	"slices"

	"github.com/websocket-distribution/websocket-distribution/internal/rules"
)

var declared rules.Set

// Rules are the rules of all resources.
func Rules() []rules.Rule { return slices.Clone(declared) }

// Property is the rule of what a resource type accepts.
var Property = declared.Add(rules.Rule{ID: "template.property", Statement: "a resource has the properties of its type, each with a value that AWS accepts there",
	Source: "the CloudFormation provider schema of the resource type", Documented: true, Layer: rules.LayerDeploy, Severity: rules.SeverityError,
	Fix: "use a value that AWS accepts"})
