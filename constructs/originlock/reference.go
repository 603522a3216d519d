package originlock

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/websocket-distribution/websocket-distribution/internal/rules"
	"github.com/websocket-distribution/websocket-distribution/internal/token"
)

// Reference is what there is to say about the lock of an API that lives elsewhere:
// where its secret is, and in which header it goes. Set exactly one of SecretARN,
// SecretName and SSMParameter; all are read in the region of the distribution's
// stack. The API's owner checks the header: an API key of that value, or an
// authorizer.
//
// CloudFormation does not look again when only the secret changes. To rotate, let
// the API accept both, name a secret of another name here, deploy, and let the API
// drop the old one.
type Reference struct {
	// SecretARN is a secret of Secrets Manager, also one of another account, whose
	// policy must then let the deploying role read it.
	SecretARN string

	// SecretName is a secret of the stack's own account.
	SecretName string

	// SSMParameter is a String parameter of the Parameter Store, which is not
	// encrypted: who may read parameters may read it. CloudFormation does not
	// resolve a SecureString for CloudFront (CloudFormation User Guide, "Resources
	// that support dynamic parameter patterns for secure strings").
	SSMParameter string

	// Field is the key of the value, where the secret is a JSON object.
	//
	// Default: the whole secret.
	Field string

	// Header is the name of the header.
	//
	// Default: x-api-key.
	Header string
}

// Validate reports everything that is wrong with the reference, one problem a line,
// or nil. Tokens are not checked.
func (r *Reference) Validate() error { return r.plain().Problems(token.Is).Err("") }

// plain is the reference as internal/rules knows it.
func (r *Reference) plain() rules.Reference {
	if r == nil {
		return rules.Reference{}
	}
	return rules.Reference{SecretARN: r.SecretARN, SecretName: r.SecretName, SSMParameter: r.SSMParameter, Field: r.Field, Header: r.Header}
}

// Headers returns what the distribution has to send, for edge.OriginProps.CustomHeaders.
// distribution is the distribution's scope. It panics with the text of Validate; if
// the secret is known to be in another region than the distribution's stack; or if
// it is of another account and its ARN is not complete. A secret of another account
// gets a warning, because only AWS knows whether the stack may read it.
func (r *Reference) Headers(distribution constructs.Construct) map[string]string {
	plain := r.plain()
	stack := awscdk.Stack_Of(distribution)
	if region := *stack.Region(); !token.Is(region) {
		plain.Region = region
	}
	if account := *stack.Account(); !token.Is(account) {
		plain.Account = account
	}
	if err := plain.Problems(token.Is).Err(""); err != nil {
		panic(fmt.Errorf("Reference: %w", err))
	}
	if warning := plain.Warning(); warning != "" {
		awscdk.Annotations_Of(distribution).AddWarningV2(jsii.String("websocket-distribution:secretAccount"), &warning)
	}
	header := r.Header
	if header == "" {
		header = Header
	}
	switch {
	case r.SSMParameter != "":
		return map[string]string{header: "{{resolve:ssm:" + r.SSMParameter + "}}"}
	case r.SecretName != "":
		return map[string]string{header: secretReference(r.SecretName, r.Field)}
	}
	return map[string]string{header: secretReference(r.SecretARN, r.Field)}
}

// secretReference is the dynamic reference to the current version of a secret
// (CloudFormation User Guide, "Get a secret or secret value from Secrets Manager").
func secretReference(id, field string) string {
	return "{{resolve:secretsmanager:" + id + ":SecretString:" + field + "::}}"
}
