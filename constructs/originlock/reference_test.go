package originlock_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/websocket-distribution/websocket-distribution/constructs/originlock"
	"github.com/websocket-distribution/websocket-distribution/internal/cdktest"
)

const secretARN = "arn:aws:secretsmanager:us-east-1:111122223333:secret:chat/edge-AbCdEf"

func TestAReferenceIsAHeaderAndADynamicReference(t *testing.T) {
	stack := cdktest.NewStack(t)
	for _, tt := range []struct {
		reference originlock.Reference
		want      map[string]string
	}{
		{originlock.Reference{SecretARN: secretARN}, map[string]string{"x-api-key": "{{resolve:secretsmanager:" + secretARN + ":SecretString:::}}"}},
		{originlock.Reference{SecretName: "chat/edge", Field: "key", Header: "x-origin-verify"}, map[string]string{"x-origin-verify": "{{resolve:secretsmanager:chat/edge:SecretString:key::}}"}},
		{originlock.Reference{SSMParameter: "/chat/edge"}, map[string]string{"x-api-key": "{{resolve:ssm:/chat/edge}}"}},
		{originlock.Reference{SecretARN: *awscdk.Aws_STACK_ID()}, map[string]string{"x-api-key": "{{resolve:secretsmanager:" + *awscdk.Aws_STACK_ID() + ":SecretString:::}}"}},
	} {
		if got := tt.reference.Headers(stack); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%+v: want %v, got %v", tt.reference, tt.want, got)
		}
	}
}

func TestAReferenceThatCannotBeResolvedIsRefused(t *testing.T) {
	stack := cdktest.NewStack(t)
	for _, tt := range []struct {
		reference *originlock.Reference
		want      string
	}{
		{nil, "Reference: needs one of SecretARN, SecretName and SSMParameter, got none; name the secret"},
		{&originlock.Reference{SecretARN: secretARN, SecretName: "x"}, "Reference: needs exactly one of SecretARN, SecretName and SSMParameter, got SecretARN and SecretName; keep one"},
		{&originlock.Reference{SecretARN: "chat/edge"}, "SecretARN: must be the ARN of a secret"},
		{&originlock.Reference{SecretARN: "arn:aws:secretsmanager:eu-west-1:111122223333:secret:x"}, "SecretARN: must be a secret in us-east-1, where the distribution's stack is"},
		{&originlock.Reference{SecretName: "not a name"}, "SecretName: must be the name of a secret"},
		{&originlock.Reference{SSMParameter: "a b"}, "SSMParameter: must be the name of a parameter"},
		{&originlock.Reference{SSMParameter: "/a", Field: "b"}, "Field: cannot be set with SSMParameter, which has one value; drop it"},
		{&originlock.Reference{SecretName: "x", Field: "a:b"}, "Field: must be a key of the secret's JSON object"},
		{&originlock.Reference{SecretName: "x", Header: "Host"}, `Header: must be a header that CloudFront adds to origin requests, got "Host"`},
	} {
		cdktest.Panics(t, func() { tt.reference.Headers(stack) }, tt.want)
	}
}

// Only AWS knows whether the stack may read the secret of another account.
func TestTheSecretOfAnotherAccountIsCompleteAndHasAWarning(t *testing.T) {
	in := func(account string) awscdk.Stack {
		return awscdk.NewStack(cdktest.NewApp(t), jsii.String("Test"), &awscdk.StackProps{Env: &awscdk.Environment{Account: &account, Region: jsii.String("us-east-1")}})
	}
	incomplete := strings.TrimSuffix(secretARN, "-AbCdEf")
	for _, tt := range []struct{ name, account, arn, want string }{
		{"its own", "111122223333", incomplete, ""},
		{"another", "444455556666", secretARN, "it must be encrypted with a customer managed key"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			stack := in(tt.account)
			(&originlock.Reference{SecretARN: tt.arn}).Headers(stack)
			if got := strings.Join(cdktest.Warnings(t, stack), "\n"); (got == "") != (tt.want == "") || !strings.Contains(got, tt.want) {
				t.Errorf("want %q, got %q", tt.want, got)
			}
		})
	}
	cdktest.Panics(t, func() { (&originlock.Reference{SecretARN: incomplete}).Headers(in("444455556666")) }, "Reference: SecretARN: must be complete because the secret is of another account (111122223333)")
}
