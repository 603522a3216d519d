package originlock

import (
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/websocket-distribution/websocket-distribution/internal/rules"
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
func (r *Reference) Validate() error {
	if r == nil {
		r = &Reference{}
	}
	var problems []error
	check := func(field, value string, rule func(string) error) {
		if value == "" || isToken(value) {
			return
		}
		if err := rule(value); err != nil {
			problems = append(problems, fmt.Errorf("%s %w", field, err))
		}
	}
	set := 0
	for _, value := range []string{r.SecretARN, r.SecretName, r.SSMParameter} {
		if value != "" {
			set++
		}
	}
	if set != 1 {
		problems = append(problems, fmt.Errorf("needs exactly one of SecretARN, SecretName and SSMParameter, got %d", set))
	}
	check("SecretARN", r.SecretARN, rules.SecretARN)
	check("SecretName", r.SecretName, rules.SecretName)
	check("SSMParameter", r.SSMParameter, rules.SSMParameter)
	check("Field", r.Field, rules.SecretField)
	if r.Field != "" && r.SSMParameter != "" {
		problems = append(problems, fmt.Errorf("%s goes with a secret of Secrets Manager; a parameter has one value", "Field"))
	}
	check("Header", r.Header, rules.OriginHeader)
	return errors.Join(problems...)
}

// Headers returns what the distribution has to send, for edge.Origin.CustomHeaders.
// distribution is the distribution's scope. It panics with the text of Validate, or
// if the secret is known to be in another region than the distribution's stack.
func (r *Reference) Headers(distribution constructs.Construct) map[string]string {
	err := r.Validate()
	if region := *awscdk.Stack_Of(distribution).Region(); err == nil && !isToken(region) && !isToken(r.SecretARN) {
		if err = rules.SecretInRegion(r.SecretARN, region); err != nil {
			err = fmt.Errorf("SecretARN %w", err)
		}
	}
	if err != nil {
		panic(fmt.Errorf("Reference: %w", err))
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

// isToken reports whether s holds a CDK token. The CDK is asked only where the text
// can be one, so that plain values are validated without starting its kernel.
func isToken(s string) bool {
	return strings.Contains(s, "${Token[") && *awscdk.Token_IsUnresolved(s)
}
