import type { Tensor } from '@gradus/tensor';
import { ShapeError, concatenate, formatShape, where } from '@gradus/tensor';

/** The three channels of images in colour. Throws ShapeError for images that have others. */
function planes(label: string, images: Tensor): readonly [Tensor, Tensor, Tensor] {
  const [batch, height, width, channels] = images.shape as readonly [
    number,
    number,
    number,
    number,
  ];
  if (channels !== 3)
    throw new ShapeError('image/colours', `${label} takes images in colour.`, {
      got: formatShape(images.shape),
      expected: '3 channels: red, green and blue',
      fix: 'leave it out for grey images',
    });
  const plane = (at: number): Tensor => images.slice([0, 0, 0, at], [batch, height, width, 1]);
  return [plane(0), plane(1), plane(2)];
}

/**
 * How bright each pixel is to an eye: 0.2989 red + 0.587 green + 0.114 blue, in one channel. Grey images stay.
 *
 * @throws ShapeError for images with other channels than 1 or 3.
 */
export function greyOf(label: string, images: Tensor): Tensor {
  if (images.shape[3] === 1) return images;
  const [red, green, blue] = planes(label, images);
  return red.mul(0.2989).add(green.mul(0.587)).add(blue.mul(0.114));
}

/**
 * Hue and saturation from 0 to 1, and value as the brightest of red, green and blue.
 *
 * @throws ShapeError for images without 3 channels.
 */
export function hueSaturationValue(
  label: string,
  images: Tensor,
): readonly [hue: Tensor, saturation: Tensor, value: Tensor] {
  // Next to nothing is nothing: 2^-23, what float32 tells from 1.
  const clean = where(images.abs().less(2 ** -23), 0, images);
  const [red, green, blue] = planes(label, clean);
  const value = red.maximum(green).maximum(blue);
  const range = value.sub(red.minimum(green).minimum(blue));
  const saturation = where(value.greater(0), range.div(where(value.greater(0), value, 1)), 0);
  const sixths = where(range.greater(0), range, 1).mul(6);
  const notRed = where(
    value.equal(green),
    blue
      .sub(red)
      .div(sixths)
      .add(2 / 6),
    red
      .sub(green)
      .div(sixths)
      .add(4 / 6),
  );
  const turned = where(value.equal(red), green.sub(blue).div(sixths), notRed);
  const hue = where(range.greater(0), turned, 0);
  return [hue.add(turned.less(0).cast('float32')), saturation, value];
}

/** Red, green and blue of hue, saturation and value. */
export function redGreenBlue(hue: Tensor, saturation: Tensor, value: Tensor): Tensor {
  const sixth = hue.mod(1).mul(6);
  const shares = [
    sixth.sub(3).abs().sub(1),
    sixth.sub(2).abs().neg().add(2),
    sixth.sub(4).abs().neg().add(2),
  ];
  const rest = saturation.neg().add(1);
  return concatenate(
    shares.map((share) => value.mul(rest.add(saturation.mul(share.clip(0, 1))))),
    { axis: 3 },
  );
}
