package edge

import (
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
)

// isToken reports whether s holds a CDK token, whose value is not known until
// the deploy. The CDK is asked only where the text can be one, so that plain
// values are validated without starting its kernel.
func isToken(s string) bool {
	return strings.Contains(s, "${Token[") && *awscdk.Token_IsUnresolved(s)
}
