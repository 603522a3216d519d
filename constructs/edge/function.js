// Viewer-request function of a WebSocket behaviour (cloudfront-js-2.0).
//
// SETTINGS is replaced by JSON at synthesis:
//   prefix  the path the behaviour is attached under, "" for the whole distribution
var settings = SETTINGS;

function handler(event) {
    var request = event.request;
    // API Gateway knows one path, its stage, which CloudFront puts in front of
    // what is left here; so the path of the behaviour has to go.
    if (settings.prefix !== '' && (request.uri === settings.prefix || request.uri.indexOf(settings.prefix + '/') === 0)) {
        request.uri = request.uri.slice(settings.prefix.length) || '/';
    }
    return request;
}
