// Viewer-request function of a WebSocket behaviour (cloudfront-js-2.0). SETTINGS
// becomes JSON at synthesis; functionSettings in function.go says what is in it.
// It answers what is no handshake, or comes from a foreign page, and leaves to
// API Gateway the one path it knows.
var settings = SETTINGS;

function answer(status, description, text) {
    return {
        statusCode: status,
        statusDescription: description,
        headers: {
            'content-type': { value: 'text/plain; charset=utf-8' },
            'cache-control': { value: 'no-store' }
        },
        body: { encoding: 'text', data: text + '\n' }
    };
}

// An Origin is allowed as it stands in the list, case aside; *. stands for one
// label. No Origin means no browser.
function isAllowed(header) {
    if (!header) {
        return !settings.requireOrigin;
    }
    if (header.multiValue && header.multiValue.length > 1) {
        return false;
    }
    var origin = String(header.value);
    if (!/^[\x21-\x7e]+$/.test(origin)) {
        return false;
    }
    origin = origin.toLowerCase();
    return settings.origins.some(function (allowed) {
        var parts = allowed.split('*');
        if (parts.length === 1) {
            return origin === allowed;
        }
        var label = origin.slice(parts[0].length, -parts[1].length);
        return /^[a-z0-9-]+$/.test(label) && origin === parts[0] + label + parts[1];
    });
}

// The viewer's own parameter of the name goes, however it is spelled; so does
// one whose name cannot be read.
function isOwn(name) {
    try {
        name = decodeURIComponent(name.replace(/\+/g, ' '));
    } catch (e) {
        return true;
    }
    return name.trim().toLowerCase() === settings.parameter.toLowerCase();
}

// The length of the query string behind the "?".
function lengthOf(querystring) {
    var length = 0;
    Object.keys(querystring).forEach(function (name) {
        var parameter = querystring[name];
        (parameter.multiValue || [parameter]).forEach(function (one) {
            length += name.length + one.value.length + 2;
        });
    });
    return length - 1;
}

function handler(event) {
    var request = event.request;
    var headers = request.headers;
    var version = headers['sec-websocket-version'];
    if (request.method !== 'GET' || !headers['sec-websocket-key'] || !version || version.value !== '13') {
        var required = answer(426, 'Upgrade Required', 'This address speaks WebSocket (RFC 6455, version 13) over HTTP/1.1 only; connect with wss://.');
        required.headers['sec-websocket-version'] = { value: '13' };
        return required;
    }
    if (settings.origins && !isAllowed(headers.origin)) {
        return answer(403, 'Forbidden', 'Pages of this origin may not connect here.');
    }
    var uri = request.uri;
    if (settings.prefix && (uri === settings.prefix || uri.indexOf(settings.prefix + '/') === 0)) {
        uri = uri.slice(settings.prefix.length) || '/';
    }
    if (settings.parameter) {
        Object.keys(request.querystring).filter(isOwn).forEach(function (name) {
            delete request.querystring[name];
        });
        try {
            request.querystring[settings.parameter] = { value: encodeURIComponent(uri) };
        } catch (e) {
            return answer(400, 'Bad Request', 'The path is not valid Unicode.');
        }
        uri = '/';
        if (lengthOf(request.querystring) > settings.room) {
            return answer(414, 'URI Too Long', 'Path and query string are longer than API Gateway takes: 4096 characters, the path counted as a query string.');
        }
    }
    request.uri = uri;
    return request;
}
