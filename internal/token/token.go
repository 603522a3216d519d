// Package token tells CDK tokens, whose values are not known until the deploy, from
// plain text, and gives each a text that construct ids can hold.
package token

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// Is reports whether s holds a token. It asks the CDK only where the text can be
// one, so that plain values are validated without starting its kernel.
func Is(s string) bool {
	return strings.Contains(s, "${Token[") && *awscdk.Token_IsUnresolved(s)
}

// Name returns s, or eight hexadecimal digits in place of a text that holds a
// token. The digits depend on what the token refers to, as the stack of scope sees
// it, and on nothing else: the same synthesis tomorrow, with other tokens before
// this one, gives the same.
func Name(scope constructs.Construct, s string) string {
	if !Is(s) {
		return s
	}
	stack := awscdk.Stack_Of(scope)
	resolved, err := json.Marshal(stack.Resolve(&s))
	if err != nil {
		panic(fmt.Errorf("token: %w", err)) // CloudFormation is JSON
	}
	hash := sha256.New()
	hash.Write(resolved)
	// Resources of two stacks may have the same logical id.
	for _, t := range *awscdk.Tokenization_ReverseString(&s).Tokens() {
		if *awscdk.Reference_IsReference(t) {
			var reference awscdk.Reference
			jsii.UnsafeCast(t, &reference)
			fmt.Fprintf(hash, "\n%s", *reference.Target().Node().Addr())
		}
	}
	return fmt.Sprintf("%x", hash.Sum(nil)[:4])
}
