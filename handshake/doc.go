// Package handshake plays WebSocket handshakes against a synthesized CloudFormation
// template: what CloudFront makes of them, and what the API Gateway WebSocket API
// behind it answers. A refusal has the status that AWS would give, the reason and the
// fix.
//
// It follows what AWS documents; [Rules] lists each rule with its source and says
// which of them are inferred. Start with [Open] or [Parse], then [Model.Play] and
// [Model.Check]. Package handshaketest serves a [Model] on 127.0.0.1 for real clients.
package handshake
