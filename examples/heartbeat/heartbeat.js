// Keeps a WebSocket open through CloudFront and API Gateway, in a browser:
//
//   const socket = keepConnected('wss://ws.example.com', { onMessage: console.log });
//   socket.send('{"action":"sendmessage","text":"hello"}');
//   socket.close();
//
// Both close a connection that has been idle for 10 minutes, and to CloudFront only
// bytes from the API count: a heartbeat needs an answer. API Gateway closes every
// connection after 2 hours. url may be a function, to put a fresh token into it.
function keepConnected(url, options) {
    'use strict';
    const o = Object.assign({
        onMessage: function () {},      // gets the data of each message
        onState: function () {},        // gets 'open' or 'closed'
        heartbeat: '{"action":"ping"}', // what is sent, a message that the API answers
        every: 4 * 60 * 1000,           // how often
        answer: 15 * 1000,              // how long the answer may take
        maxAge: 115 * 60 * 1000,        // when to connect anew; up to a tenth less, at random
        firstWait: 1000,                // the bound of the first wait, which doubles
        longestWait: 60 * 1000
    }, options);
    let socket, failures = 0, closed = false, timers = [];

    function later(then, after) {
        timers.push(setTimeout(then, after));
    }

    function clear() {
        timers.forEach(clearTimeout);
        timers = [];
    }

    // A lost socket may take minutes to say so: it is let go of at once.
    function lost(which) {
        if (which !== socket) {
            return;
        }
        socket = null;
        clear();
        which.onopen = which.onmessage = which.onclose = which.onerror = null;
        which.close();
        o.onState('closed');
        if (!closed) {
            // Full jitter: all clients lose their connections at once.
            later(connect, Math.random() * Math.min(o.longestWait, o.firstWait * Math.pow(2, failures++)));
        }
    }

    function connect() {
        clear();
        const own = socket = new WebSocket(typeof url === 'function' ? url() : url);
        let awaited = null;
        function beat() {
            if (awaited === null) {
                awaited = setTimeout(function () { lost(own); }, o.answer);
                timers.push(awaited);
            }
            later(beat, o.every);
            own.send(o.heartbeat);
        }
        own.onopen = function () {
            o.onState('open');
            later(beat, o.every);
            later(function () { lost(own); }, o.maxAge * (1 - Math.random() / 10));
        };
        own.onmessage = function (event) {
            failures = 0; // only what has brought something proves that the way is free
            clearTimeout(awaited);
            awaited = null;
            o.onMessage(event.data);
        };
        own.onclose = own.onerror = function () { lost(own); };
    }

    connect();
    return {
        send: function (data) {
            if (!socket || socket.readyState !== 1) {
                throw new Error('not connected');
            }
            socket.send(data);
        },
        close: function () {
            closed = true;
            clear();
            if (socket) {
                lost(socket);
            }
        }
    };
}
