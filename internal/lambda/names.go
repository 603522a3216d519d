package lambda

import (
	"cmp"

	"github.com/websocket-distribution/websocket-distribution/internal/cfn"
)

// Names are what Lambda calls its functions, versions and aliases, and IAM its roles.
func Names() cfn.Names {
	function := func(n cfn.Named) (any, error) { return named(n, "FunctionName") }
	role := func(n cfn.Named) (any, error) { return named(n, "RoleName") }
	alias := func(n cfn.Named) (any, error) { return qualified(n, "Name") }
	version := func(n cfn.Named) (any, error) { return qualified(n, "") }
	return cfn.Names{
		"AWS::Lambda::Function": function,
		"AWS::Lambda::Function.Arn": func(n cfn.Named) (any, error) {
			name, err := named(n, "FunctionName")
			return functionARN(n, cfn.Text(name)), err
		},
		"AWS::Lambda::Alias":               alias,
		"AWS::Lambda::Alias.AliasArn":      alias,
		"AWS::Lambda::Version":             version,
		"AWS::Lambda::Version.FunctionArn": version,
		"AWS::Lambda::Version.Version":     func(cfn.Named) (any, error) { return "1", nil },
		"AWS::IAM::Role":                   role,
		"AWS::IAM::Role.Arn": func(n cfn.Named) (any, error) {
			name, err := named(n, "RoleName")
			return n.ARN("iam", "", n.InAccount(), "role/"+cfn.Text(name)), err
		},
		"AWS::Logs::LogGroup": func(n cfn.Named) (any, error) { return named(n, "LogGroupName") },
		"AWS::Logs::LogGroup.Arn": func(n cfn.Named) (any, error) {
			name, err := named(n, "LogGroupName")
			return n.ARN("logs", n.InRegion(), n.InAccount(), "log-group:"+cfn.Text(name)+":*"), err
		},
	}
}

// named is the name that a resource gives itself, else its logical id, which stands
// for the one that CloudFormation makes.
func named(n cfn.Named, property string) (any, error) {
	name, err := n.Property(property)
	return cmp.Or(cfn.Text(name), n.ID), err
}

func functionARN(n cfn.Named, name string) string {
	return n.ARN("lambda", n.InRegion(), n.InAccount(), "function:"+name)
}

// qualified is the ARN of an alias, or of a version, whose number stands for the one
// that Lambda gives.
func qualified(n cfn.Named, property string) (any, error) {
	function, err := n.Property("FunctionName")
	if err != nil {
		return nil, err
	}
	qualifier := "1"
	if property != "" {
		name, err := n.Property(property)
		if err != nil {
			return nil, err
		}
		qualifier = cfn.Text(name)
	}
	name, _ := Split(cfn.Text(function))
	return functionARN(n, name) + ":" + qualifier, nil
}
