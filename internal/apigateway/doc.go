// Package apigateway plays API Gateway's WebSocket APIs as the API Gateway Developer
// Guide has them: which host and path an API answers to, what $connect asks for, and
// where a message goes. It knows nothing of what stands in front of an API but what
// that did to the handshake (see [Via]).
package apigateway
