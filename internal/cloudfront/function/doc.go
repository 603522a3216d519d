// Package function runs CloudFront Functions on viewer requests: the event, the
// modules and the restrictions of the runtime as the CloudFront Developer Guide has
// them.
package function
