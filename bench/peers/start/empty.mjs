// What the start of Node alone takes.
console.log('done');
