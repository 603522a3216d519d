// The app as one would write it in TypeScript from the article.
import * as cdk from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as apigateway from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketMockIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as origins from 'aws-cdk-lib/aws-cloudfront-origins';
import * as route53 from 'aws-cdk-lib/aws-route53';
import * as targets from 'aws-cdk-lib/aws-route53-targets';

const app = new cdk.App();
const stack = new cdk.Stack(app, 'WebSocket-bench', {
  env: { account: '111122223333', region: 'us-east-1' },
  description: 'CloudFront in front of an API Gateway WebSocket API (environment bench)',
});

const api = new apigateway.WebSocketApi(stack, 'Api', {
  apiName: stack.stackName,
  description: 'Answers {"action":"ping"}; no code behind it',
});
const routes: [string, string][] = [
  ['$connect', ''],
  ['ping', '{"message":"pong"}'],
  ['$default', '{"message":"send {\\"action\\":\\"ping\\"}"}'],
];
for (const [key, answer] of routes) {
  const route = api.addRoute(key, {
    integration: new WebSocketMockIntegration('Integration', { requestTemplates: { $default: '{"statusCode":200}' } }),
    returnResponse: answer !== '',
  });
  if (answer !== '') {
    const integration = route.node.findChild('Integration') as apigateway.WebSocketIntegration;
    new apigateway.CfnIntegrationResponse(route, 'IntegrationResponse', {
      apiId: api.apiId,
      integrationId: integration.integrationId,
      integrationResponseKey: '$default',
      responseTemplates: { $default: answer },
    });
  }
}
const stage = new apigateway.WebSocketStage(stack, 'Stage', { webSocketApi: api, stageName: 'live', autoDeploy: true });

const policy = new cloudfront.OriginRequestPolicy(stack, 'Policy', {
  originRequestPolicyName: 'WebSocket-bench-us-east-1',
  comment: 'WebSocket handshake to API Gateway',
  headerBehavior: cloudfront.OriginRequestHeaderBehavior.allowList(
    'Sec-WebSocket-Key',
    'Sec-WebSocket-Version',
    'Sec-WebSocket-Protocol',
    'Sec-WebSocket-Accept',
    'Sec-WebSocket-Extensions',
  ),
  queryStringBehavior: cloudfront.OriginRequestQueryStringBehavior.allowList('token'),
  cookieBehavior: cloudfront.OriginRequestCookieBehavior.none(),
});
const host = `${api.apiId}.execute-api.${stack.region}.${stack.urlSuffix}`;
const distribution = new cloudfront.Distribution(stack, 'Distribution', {
  defaultBehavior: {
    origin: new origins.HttpOrigin(host, { originPath: `/${stage.stageName}` }),
    originRequestPolicy: policy,
    cachePolicy: cloudfront.CachePolicy.CACHING_DISABLED,
    viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
    allowedMethods: cloudfront.AllowedMethods.ALLOW_GET_HEAD,
    compress: false,
  },
  comment: stack.stackName,
  domainNames: ['ws.example.com'],
  certificate: acm.Certificate.fromCertificateArn(
    stack,
    'Certificate',
    'arn:aws:acm:us-east-1:111122223333:certificate/11111111-2222-3333-4444-555555555555',
  ),
  minimumProtocolVersion: cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021,
});

const zone = route53.HostedZone.fromHostedZoneAttributes(stack, 'Zone', {
  hostedZoneId: 'Z0123456789EXAMPLE',
  zoneName: 'example.com',
});
const target = route53.RecordTarget.fromAlias(new targets.CloudFrontTarget(distribution));
new route53.ARecord(stack, 'A', { zone, recordName: 'ws', target });
new route53.AaaaRecord(stack, 'AAAA', { zone, recordName: 'ws', target });

new cdk.CfnOutput(stack, 'WebSocketUrl', { value: 'wss://ws.example.com', description: 'Where clients connect' });
new cdk.CfnOutput(stack, 'CallbackUrl', {
  value: `https://${host}/${stage.stageName}`,
  description: 'Where the backend posts messages to clients (@connections); the API itself, not CloudFront',
});
new cdk.CfnOutput(stack, 'DistributionId', {
  value: distribution.distributionId,
  description: 'The id of the CloudFront distribution',
});
new cdk.CfnOutput(stack, 'DistributionDomainName', {
  value: distribution.distributionDomainName,
  description: 'The target of DNS records of your own',
});
app.synth();
