package stacks

import "github.com/websocket-distribution/websocket-distribution/internal/config"

// Environment is what one stack consists of: the entry of an environment in
// cdk.json, with the same names, units and defaults (README, "Configuration"). Its
// zero value with a Name is a distribution in front of a ping API, with every
// default; Validate reports everything that is wrong with it.
type Environment = config.Environment

// The parts of an [Environment].
type (
	// Behavior is one API and how it is reached.
	Behavior = config.Behavior
	// Origin is how CloudFront connects to the API.
	Origin = config.Origin
	// Forwarding is what reaches the API of what the viewer sends.
	Forwarding = config.Forwarding
	// Selection is all, some or none of the viewer's query strings or cookies.
	Selection = config.Selection
	// Lock keeps clients from going around the edge.
	Lock = config.Lock
	// Throttle limits the connects of all viewers together.
	Throttle = config.Throttle
	// HostedZone is the Route 53 zone of the domain names.
	HostedZone = config.HostedZone
	// GeoRestriction lists countries that may connect, or those that may not.
	GeoRestriction = config.GeoRestriction
	// WebACL is a web ACL of the stack's own.
	WebACL = config.WebACL
	// AccessLogs are those of the distribution.
	AccessLogs = config.AccessLogs
	// APILogs are those of the ping API's stage.
	APILogs = config.APILogs
	// Monitoring is a dashboard and alarms.
	Monitoring = config.Monitoring
)
