package cfn

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// Environment is what a template does not say by itself.
type Environment struct {
	// Region, Account and StackName are those of the stack; [Environment.InRegion]
	// and the like have stand-ins for what is not given.
	Region, Account, StackName string

	// Parameters are the values of the template's parameters, by name.
	Parameters map[string]string

	// Imports are the values of other stacks' exports, by export name.
	Imports map[string]string

	// Attributes are values known only after the deploy, by "LogicalId" for Ref and
	// "LogicalId.Attribute" for Fn::GetAtt.
	Attributes map[string]string

	// Secrets are the values of dynamic references, by their whole text
	// "{{resolve:…}}".
	Secrets map[string]string
}

// InRegion is the stack's region, or its stand-in.
func (e *Environment) InRegion() string { return cmp.Or(e.Region, "us-east-1") }

// InAccount is the stack's account, or its stand-in.
func (e *Environment) InAccount() string { return cmp.Or(e.Account, "123456789012") }

// Stack is the stack's name, or its stand-in.
func (e *Environment) Stack() string { return cmp.Or(e.StackName, "Stack") }

// URLSuffix is the DNS suffix of AWS names in the stack's region.
func (e *Environment) URLSuffix() string {
	if strings.HasPrefix(e.InRegion(), "cn-") {
		return "amazonaws.com.cn"
	}
	return "amazonaws.com"
}

// Partition is the ARN partition of the stack's region.
func (e *Environment) Partition() string {
	switch {
	case strings.HasPrefix(e.InRegion(), "cn-"):
		return "aws-cn"
	case strings.HasPrefix(e.InRegion(), "us-gov-"):
		return "aws-us-gov"
	}
	return "aws"
}

// ARN is an ARN in the stack's partition. Region and account may be empty.
func (e *Environment) ARN(service, region, account, rest string) string {
	return strings.Join([]string{"arn", e.Partition(), service, region, account, rest}, ":")
}

// reveal replaces the dynamic references in text that are known.
func (e *Environment) reveal(text string) string {
	if !strings.Contains(text, "{{resolve:") {
		return text
	}
	for _, reference := range slices.Sorted(maps.Keys(e.Secrets)) {
		if strings.HasPrefix(reference, "{{resolve:") {
			text = strings.ReplaceAll(text, reference, e.Secrets[reference])
		}
	}
	return text
}
