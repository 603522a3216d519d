package edge

import "github.com/websocket-distribution/websocket-distribution/internal/token"

// isToken reports whether s holds a CDK token, whose value is not known until the
// deploy.
func isToken(s string) bool { return token.Is(s) }
