// Package cloudfront plays a distribution as the CloudFront Developer Guide has it:
// which behavior takes a handshake, what its function and its policies make of it,
// what reaches the origin, and what the viewer gets instead.
package cloudfront
