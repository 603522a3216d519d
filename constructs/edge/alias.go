package edge

import (
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsroute53"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/websocket-distribution/websocket-distribution/internal/token"
)

// The hosted zones that alias records to CloudFront name as their target's
// (Route 53 API Reference, "AliasTarget").
const (
	cloudFrontZone      = "Z2FDTNDATAQYW2"
	cloudFrontZoneChina = "Z3RFFRIM2A3IF5"
)

// aliasRecords points the domain names at the distribution. It makes the L1
// records itself, because awsroute53targets costs every importer 60 further
// packages to compile.
func (p *WebSocketDistributionProps) aliasRecords(scope constructs.Construct, domainName *string) {
	if p.HostedZone == nil {
		return
	}
	zone := p.HostedZone.HostedZoneRef().HostedZoneId
	target := &awsroute53.CfnRecordSet_AliasTargetProperty{
		DnsName:      domainName,
		HostedZoneId: jsii.String(cloudFrontZone),
	}
	if strings.HasPrefix(*awscdk.Stack_Of(scope).Region(), "cn-") {
		target.HostedZoneId = jsii.String(cloudFrontZoneChina)
	}
	types := []string{"A", "AAAA"}
	if p.DisableIPv6 {
		types = types[:1]
	}
	for _, name := range p.DomainNames {
		// Route 53 makes no difference between cases. CloudFormation does, and would
		// replace a record whose name is written in another.
		if !token.Is(name) {
			name = strings.ToLower(name)
		}
		// A record is its zone, name and type: with other parts in its id, or fewer,
		// an update would make a record that is there already, or replace one that
		// keeps its name, and CloudFormation can do neither.
		id := "_" + token.Name(scope, name) + "_" + token.Name(scope, *zone)
		for _, recordType := range types {
			awsroute53.NewCfnRecordSet(scope, jsii.String(recordType+id), &awsroute53.CfnRecordSetProps{
				HostedZoneId: zone,
				Name:         &name,
				Type:         &recordType,
				AliasTarget:  target,
			})
		}
	}
}
