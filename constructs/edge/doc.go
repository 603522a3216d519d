// Package edge puts Amazon CloudFront in front of an Amazon API Gateway
// WebSocket API.
//
// [WebSocketDistribution] is a distribution of its own. [WebSocketBehavior] is
// the part of it that knows about WebSockets (origin, policies, edge function)
// and can be added to a distribution that is already there. See the examples of
// [NewWebSocketDistribution] and [WebSocketBehavior.AddTo].
//
// Strings may be CDK tokens; what a token stands for is not checked. The ids of
// child constructs are part of the package's contract, because a changed id
// replaces a live resource.
package edge
