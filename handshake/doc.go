// Package handshake plays a WebSocket handshake against a synthesized
// CloudFormation template: the distribution is served on 127.0.0.1 the way
// CloudFront would treat the handshake, the API behind it the way API Gateway
// would, and any real client can dial it. A refusal has the status that AWS
// would give, the reason in words and the fix.
//
// It follows what AWS documents; [Rules] lists each rule with its source and
// says which of them are inferred. Start with [Parse] and [Serve]; the package
// example goes from a template to a dialled connection.
package handshake
