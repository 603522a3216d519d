package edge

import (
	"errors"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"
)

// isHTTP reports whether an API or a stage is known to be of an HTTP API, which
// has the same interface in the CDK and no WebSockets. The kinds are told apart by
// what they can do, because their package is large to import.
func isHTTP(apiOrStage constructs.IConstruct) bool {
	switch c := apiOrStage.(type) {
	case interface{ DomainUrl() *string }: // IHttpStage
		return true
	case interface{ DefaultAuthorizationScopes() *[]*string }: // IHttpApi
		return true
	case interface{ ProtocolType() *string }: // CfnApi
		return ofHTTP(c)
	case interface{ CallbackUrl() *string }: // IWebSocketStage
		return false
	case interface{ ApiId() *string }: // CfnStage, whose API may be in its stack
		for _, node := range *awscdk.Stack_Of(apiOrStage).Node().FindAll("") {
			api, ok := node.(interface {
				Ref() *string
				ProtocolType() *string
			})
			if ok && *api.Ref() == *c.ApiId() {
				return ofHTTP(api)
			}
		}
	}
	return false
}

func ofHTTP(api interface{ ProtocolType() *string }) bool {
	protocol := api.ProtocolType()
	return protocol != nil && *protocol == "HTTP"
}

var errHTTP = errors.New("must be of a WebSocket API, got one of an HTTP API, which opens no WebSockets; pass a WebSocketStage")
