package handshake

import (
	"context"

	"github.com/aws/aws-lambda-go/events"
)

// Options are what a template does not say by itself. The zero value is enough for a
// template that was synthesized for a fixed environment.
type Options struct {
	// Region is the region that the stack is deployed to.
	//
	// Default: us-east-1 in names; checks that need the real region are left out.
	Region string

	// Account is the AWS account of the stack.
	//
	// Default: 123456789012.
	Account string

	// StackName is the name of the stack.
	//
	// Default: Stack.
	StackName string

	// Parameters are the values of the template's parameters, by name.
	//
	// Default: the parameter's own default; one that names an SSM parameter has none.
	Parameters map[string]string

	// Imports are the values of other stacks' exports, by export name.
	Imports map[string]string

	// Attributes are values known only after the deploy, by "LogicalId" for Ref and
	// "LogicalId.Attribute" for Fn::GetAtt. They beat the stand-ins that are made for
	// APIs, policies, functions and the like.
	Attributes map[string]string

	// Secrets are the values of dynamic references, by their whole text "{{resolve:…}}".
	//
	// Default: a reference stands for itself, so that the same reference is the same
	// value on both sides.
	Secrets map[string]string

	// APIs describe WebSocket APIs that an origin names but the template does not
	// define, by the host name of the origin.
	//
	// Default: the origin's path is the stage, no key is asked for, and the report
	// notes both.
	APIs map[string]ExternalAPI

	// KeyValues are what the edge functions find in their key value store.
	KeyValues map[string]string

	// Handler is the Lambda function behind the routes of the APIs that are not MOCK:
	// $connect, messages and $disconnect, told apart by RequestContext.RouteKey. It is
	// the function that lambda.Start takes, and may run on several goroutines at once.
	//
	// Default: $connect is answered with 200 and the report notes that; messages get
	// no answer.
	Handler func(ctx context.Context, event events.APIGatewayWebsocketProxyRequest) (events.APIGatewayProxyResponse, error)

	// Authorizer is the REQUEST authorizer of $connect, of every API of the template that
	// has one and of every API outside it. The error "Unauthorized" is
	// answered with 401, another with 500, a policy that does not allow with 403. It
	// may run on several goroutines at once.
	//
	// Default: it allows, and the report notes that.
	Authorizer func(ctx context.Context, event events.APIGatewayCustomAuthorizerRequestTypeRequest) (events.APIGatewayCustomAuthorizerResponse, error)
}

// ExternalAPI is what is known of a WebSocket API outside the template.
type ExternalAPI struct {
	// Stage is the stage's name, without slashes; for a custom domain the API
	// mapping's key, or "/" for an empty one.
	//
	// Default: the origin's path.
	Stage string

	// KeyRequired says that the $connect route asks for an API key.
	KeyRequired bool

	// Keys are the API keys that are enabled in a usage plan of the stage.
	Keys []string
}
