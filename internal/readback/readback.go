// Package readback reads what the CDK holds of a distribution that the user
// defined. It is the only place that does: reading through jsii is the part of the
// CDK that changes most between its versions.
package readback

import (
	"errors"
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/jsii-runtime-go/runtime"
)

// DistributionConfig returns the DistributionConfig of d as it stands now, with
// the CDK's names of properties (cacheBehaviors, customErrorResponses). What
// AddPropertyOverride sets is not in it. A version of the CDK that does not give it
// away is an error.
//
// The getter of the generated binding would copy the whole structure into Go, which
// jsii-runtime-go 1.142 cannot do: it takes lists that are not known yet for
// structures and reads fields that they do not have. As an IResolvable the same
// value stays in the CDK's process, and Resolve returns it as plain data.
func DistributionConfig(d awscloudfront.CfnDistribution) (config map[string]any, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("this version of the CDK does not show the configuration of %s: %v", *d.Node().Path(), r)
		}
	}()
	var held awscdk.IResolvable
	runtime.Get(d, "distributionConfig", &held)
	config, ok := awscdk.Stack_Of(d).Resolve(held).(map[string]any)
	if !ok {
		return nil, errors.New("this version of the CDK does not show the configuration of " + *d.Node().Path())
	}
	return config, nil
}
