// Package rules says what CloudFront and API Gateway accept, as pure functions
// on plain values.
//
// A rule for one value returns nil or an error that states the rule, the value
// got and the fix. A section, such as [Origin], lists the [Problems] of its
// fields. Fields have the names of their Go props, and whoever reports a problem
// spells them: so constructs and internal/config apply the same rules under two
// names. The package depends on the standard library only.
package rules
