// Viewer-request function of a WebSocket behavior (cloudfront-js-2.0). SETTINGS
// becomes JSON at synthesis; functionSettings in function.go says what is in it.
// The deployed code has the parts between "//if" and "//end" that the settings ask
// for, and no lines of comment.
//
// CloudFront throttles a function that goes on exceeding its time, for everybody.
// So the work is bounded before it depends on what the viewer sent: count first,
// look a text up instead of walking over it, and match nothing but a single
// character (on njs the shortest match costs as much as fifty look-ups).
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

//if origins
// Both lists are texts, " a b ". An object would be built again for each request,
// name by name, and would have names of its own, such as constructor.
function isIn(list, origin) {
    return list.indexOf(' ' + origin + ' ') >= 0;
}

// An Origin is allowed if a list has it, whatever its case; *. stands for one
// label. Only browsers send Origin. The Kelvin sign is the one character outside
// ASCII whose lower case is a letter of ASCII.
function isAllowed(header) {
    if (!header) {
        return !settings.requireWebOrigin;
    }
    var origin = header.value;
    if ((header.multiValue && header.multiValue.length > 1) || origin.length > settings.longestOrigin ||
        origin.indexOf(' ') >= 0 || origin.indexOf('\u212a') >= 0) {
        return false;
    }
    origin = origin.toLowerCase();
    if (isIn(settings.origins, origin)) {
        return true;
    }
    var label = origin.indexOf('://') + 3;
    var dot = origin.indexOf('.', label);
    if (label < 3 || dot <= label || dot - label > 63) {
        return false;
    }
    for (var i = label; i < dot; i++) {
        var c = origin[i];
        if (!(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c === '-')) {
            return false;
        }
    }
    return isIn(settings.wildcards, origin.slice(0, label) + '*' + origin.slice(dot));
}
//end
//if parameter
// What padding of a name may be: space, plus, control characters, all but ASCII.
function isPadding(c) {
    return c <= ' ' || c === '+' || c > '~';
}

// The viewer's parameters but for those of the path's own name, however spelled or
// padded, and those whose name cannot be decoded. After one such name no other
// escape is decoded either, because failing is slow: its parameter goes as well. A
// name that is longer than all that is another one, and is not read.
function others(pairs) {
    var own = settings.parameter.toLowerCase();
    var longest = 3 * own.length + 30;
    var readable = true;
    var kept = [];
    for (var i = 0; i < pairs.length; i++) {
        var pair = pairs[i];
        var end = pair.indexOf('=');
        var name = end < 0 ? pair : pair.slice(0, end);
        if (name.length <= longest) {
            if (name.indexOf('%') >= 0) {
                try {
                    name = readable ? decodeURIComponent(name) : own;
                } catch (e) {
                    readable = false;
                    name = own;
                }
            }
            var more = name.length - own.length;
            if (more > 0 ? (isPadding(name[0]) || isPadding(name[name.length - 1])) && name.toLowerCase().indexOf(own) >= 0
                : more === 0 && name.toLowerCase() === own) {
                continue;
            }
        }
        if (pair) {
            kept.push(pair);
        }
    }
    return kept;
}
//end

function tooLong() {
    return answer(414, 'URI Too Long', 'Path and query string are longer than API Gateway takes: 4096 characters, the path counted as a query string.');
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
    //if origins
    if (!isAllowed(headers.origin)) {
        return answer(403, 'Forbidden', 'Pages of this origin may not connect here.');
    }
    //end
    var uri = request.uri;
    var query = request.rawQueryString() || '';
    if (uri.length + query.length > settings.longestURL) {
        return tooLong();
    }
    if (/[^!-"$-~]/.test(uri + query)) {
        return answer(400, 'Bad Request', 'Percent-encode what a URL cannot hold: # as %23, spaces, and all but ASCII.');
    }
    //if prefix
    // CloudFront chooses the behavior by the normalized URI, and this one is raw.
    var end = settings.prefix.length;
    if (!uri.startsWith(settings.prefix) || (uri.length > end && uri[end] !== '/') ||
        uri.indexOf('/..', end) >= 0 || uri.indexOf('%2e', end) >= 0 || uri.indexOf('%2E', end) >= 0) {
        return answer(400, 'Bad Request', 'Write the path as ' + settings.prefix + ', not in another form, and without /.. or an encoded dot behind it.');
    }
    uri = uri.slice(end) || '/';
    //end
    //if parameter
    var pairs = query.split('&', settings.mostParameters + 1);
    if (pairs.length > settings.mostParameters) {
        return answer(414, 'URI Too Long', 'More than ' + settings.mostParameters + ' query string parameters.');
    }
    var kept = others(pairs);
    kept.push(settings.parameter + '=' + encodeURIComponent(uri));
    query = kept.join('&');
    if (query.length > settings.longestQuery) {
        return tooLong();
    }
    request.querystring = query;
    uri = '/';
    //end
    request.uri = uri;
    return request;
}
