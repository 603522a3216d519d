package apigateway

import (
	"context"
	"time"

	"github.com/aws/aws-lambda-go/events"
)

// Backend is the code behind the routes of an API.
type Backend struct {
	// Handler is the integration of the routes that are not MOCK; nil answers 200.
	Handler func(ctx context.Context, e Event) (events.APIGatewayProxyResponse, error)
	// Authorizer is the authorizer of $connect; nil allows.
	Authorizer func(ctx context.Context, e events.APIGatewayCustomAuthorizerRequestTypeRequest) (events.APIGatewayCustomAuthorizerResponse, error)
	// Region and Account are those of the stack.
	Region, Account string
	// Now is the time of an event.
	Now func() time.Time
}
