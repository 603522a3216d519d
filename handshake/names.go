package handshake

import (
	"maps"

	"github.com/websocket-distribution/websocket-distribution/internal/apigateway"
	"github.com/websocket-distribution/websocket-distribution/internal/cfn"
	"github.com/websocket-distribution/websocket-distribution/internal/cloudfront"
)

// names are what AWS calls the resources of a template: those of the services that are
// played, and of what they refer to.
func names() cfn.Names {
	all := cfn.Names{
		"AWS::CertificateManager::Certificate": func(n cfn.Named) (any, error) {
			return n.ARN("acm", n.InRegion(), n.InAccount(), "certificate/"+n.ID), nil
		},
		"AWS::S3::Bucket.DomainName": func(n cfn.Named) (any, error) {
			return cfn.DNSLabel(n.ID) + ".s3." + n.URLSuffix(), nil
		},
		"AWS::S3::Bucket.RegionalDomainName": func(n cfn.Named) (any, error) {
			return cfn.DNSLabel(n.ID) + ".s3." + n.InRegion() + "." + n.URLSuffix(), nil
		},
		"AWS::SecretsManager::Secret":    secret,
		"AWS::SecretsManager::Secret.Id": secret,
		"AWS::WAFv2::WebACL.Arn": func(n cfn.Named) (any, error) {
			scope, err := n.Property("Scope")
			kind := "regional"
			if cfn.Text(scope) == "CLOUDFRONT" {
				kind = "global"
			}
			return n.ARN("wafv2", n.InRegion(), n.InAccount(), kind+"/webacl/"+n.ID+"/"+n.ID), err
		},
	}
	maps.Copy(all, cloudfront.Names())
	maps.Copy(all, apigateway.Names())
	return all
}

func secret(n cfn.Named) (any, error) {
	return n.ARN("secretsmanager", n.InRegion(), n.InAccount(), "secret:"+n.ID), nil
}
