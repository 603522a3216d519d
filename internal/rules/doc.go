// Package rules says what CloudFront and API Gateway accept, as pure functions
// on plain values.
//
// Each function returns nil or one error that states the rule, the value got
// and the fix. The name of the prop or cdk.json key is the caller's to put in
// front, so that constructs/edge and internal/config apply one rule under two
// names. The package depends on the standard library only.
package rules
